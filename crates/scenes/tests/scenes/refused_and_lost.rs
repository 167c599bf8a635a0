scenes! {
    lost_syn
    silence
    lost_syn_ack
    lost_final_ack
    unreachable
    unreachable_while_established
    unanswered
}
