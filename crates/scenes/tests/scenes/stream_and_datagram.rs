scenes! {
    one_write_many_segments
    many_writes_one_read
    three_segments_one_read
    udp_keeps_boundaries
    udp_without_a_connection
    three_octets_twice
}
