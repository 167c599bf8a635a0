scenes! {
    three_way_handshake
    data_completes_the_handshake
    without_a_listener
}
