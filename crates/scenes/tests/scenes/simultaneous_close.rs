scenes! {
    simultaneous_close
}
