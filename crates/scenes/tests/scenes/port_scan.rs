scenes! {
    half_open_scan
    connect_scan
    fin_scan
}
