scenes! {
    ten_events_bare_socket
}
