scenes! {
    half_open_discovery
    half_open_by_data
    data_after_close
    linger_zero
    unread_data
    answer_destroyed
    answer_saved
    faulty_segments
    blind_reset_challenged
}
