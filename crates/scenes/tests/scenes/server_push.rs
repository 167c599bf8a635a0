scenes! {
    unasked_response
    short_polling
    long_polling
    event_stream
    ten_events_short_polling
    ten_events_long_polling
    ten_events_event_stream
}
