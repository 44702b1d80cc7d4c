extension MTAProfile {
  /// Changes what one of the MTA's own settings changes.
  ///
  /// - Parameters:
  ///   - name: The setting, as the MTA's configuration file has it.
  ///   - value: Its value there.
  /// - Returns: The reason why the setting cannot have the value; `nil` after the change.
  package mutating func set(_ name: String, to value: String) -> String? {
    guard settings.contains(name) else {
      let known = settings.isEmpty ? "none" : settings.joined(separator: ", ")
      return "\(self.name) has no such setting; it has \(known)"
    }
    switch name {
    case "milter_default_action":
      return set(\.failureAction, value, ["tempfail": .tempfail, "shutdown": .shutdown])
    case "force_mime_input_conversion":
      return set(\.intake.encodesEightBit, value, ["yes": true, "no": false])
    case "non_empty_end_of_header_action":
      return set(
        \.intake.unendedHeader, value,
        ["fix_quietly": .ended, "add_header": .marked, "reject": .refused])
    case "requiretls_esmtp_header":
      return set(\.intake.recordsRequireTLS, value, ["yes": true, "no": false])
    default: return nil
    }
  }

  private mutating func set<Value>(
    _ property: WritableKeyPath<Self, Value>, _ value: String, _ values: [String: Value]
  ) -> String? {
    guard let new = values[value] else {
      return "not one of \(values.keys.sorted().joined(separator: ", "))"
    }
    self[keyPath: property] = new
    return nil
  }
}
