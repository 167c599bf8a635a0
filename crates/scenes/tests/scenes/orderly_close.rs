scenes! {
    close_in_four
}
