scenes! {
    counting_octets
    a_gap
    one_clean_stream
    acknowledged_and_unread
    wraparound
    a_number_never_sent
}
