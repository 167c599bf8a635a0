scenes! {
    simultaneous_open
}
