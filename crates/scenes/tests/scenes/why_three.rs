scenes! {
    old_duplicate_syn
    two_passive_sockets
}
