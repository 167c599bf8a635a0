scenes! {
    three_requests_http10
}
