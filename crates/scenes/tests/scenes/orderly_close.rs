scenes! {
    close_in_four
    close_in_three
    close_after_a_pause
    lost_ack_of_a_fin
    nobody_closes
    fin_behind_a_closed_window
    lost_fins
}
