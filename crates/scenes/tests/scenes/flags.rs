scenes! {
    push_is_not_a_boundary
    urgent_is_a_mark
    one_bit_each
    congestion_mark
    strange_flags
}
