/// The properties of a client.
struct Client {
  var canSkip = false
  var helo: String?
}
