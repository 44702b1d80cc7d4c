/// The kind of socket between the MTA and the filter.
enum Transport: String, CaseIterable, Codable {
  case unix
  case tcp
}
