scenes! {
    answer_on_its_way
    two_passive_sockets
    lost_reset
    old_duplicate_syn
    old_syn_meets_time_wait
    old_syn_meets_the_servers_time_wait
    a_two_way_server
    old_syn_and_old_data
    fast_open_replay
}
