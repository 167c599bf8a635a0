scenes! {
    simultaneous_open
    one_of_two_calls_is_lost
    one_call_after_the_other
    self_connect
}
