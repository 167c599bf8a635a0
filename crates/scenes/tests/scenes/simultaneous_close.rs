scenes! {
    simultaneous_close
    fin_that_covers_ours
    our_fin_is_lost
}
