scenes! {
    pipelined
    head_of_line
    two_connections
    cut_short
}
