scenes! {
    arp_before_syn
    a_new_frame
    cut_by_tcp_or_by_ip
}
