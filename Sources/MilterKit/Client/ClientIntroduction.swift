/// The values that the MTA sent with connect and HELO.
struct ClientIntroduction: Sendable {
  var host: String?
  var address: MilterAddress?
  var helo: String?
}
