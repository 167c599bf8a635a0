scenes! {
    half_open_discovery
    half_open_by_data
}
