scenes! {
    established_before_accept
    accept_queue_full
    final_ack_dropped
    syn_flood
    syn_flood_with_cookies
    without_syn_cookies
    syn_cookies
}
