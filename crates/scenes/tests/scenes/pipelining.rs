scenes! {
    pipelined
    head_of_line
    two_connections
    one_level_down
    cut_short
}
