/// What the MTA and the filter speak over.
enum Transport: String, CaseIterable, Codable {
  case unix
  case tcp
}
