scenes! {
    urgent_pointer
    three_blocks
}
