/// What the MTA said of a client with connect and HELO.
struct ClientIntroduction: Sendable {
  var host: String?
  var address: MilterAddress?
  var helo: String?
}
