use trace::Row;

use super::recorded;

scenes! {
    lost_syn
    silence
    lost_syn_ack
    lost_final_ack
    unreachable
    unreachable_while_established
    unanswered
}

/// How often a SYN is repeated is the kernel's setting, which the recording names: one SYN, and as many repeats.
#[test]
fn the_kernel_repeats_a_syn_as_often_as_it_is_told() {
    let trace = recorded("silence");
    let setting = |name: &str| trace.provenance.sysctls[name].parse::<usize>();
    let repeats = setting("net.ipv4.tcp_syn_retries").expect("a number");
    let frames = trace.rows.iter().filter_map(Row::frame);
    assert_eq!(frames.count(), 1 + repeats);
}
