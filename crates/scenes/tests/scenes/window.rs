scenes! {
}
