scenes! {
    without_the_filter
    by_hand
}
