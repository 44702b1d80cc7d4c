public import MilterSystem

extension MilterSetting where Value == String {
  /// Reads the file that the setting names.
  ///
  /// Call it in ``MilterBase/prepare()`` and in ``MilterBase/reload()``:
  ///
  /// ```swift
  /// private static let map = MilterSetting(
  ///   "map", argument: "FILE", default: "/etc/mail/map", help: "the rules; read again on SIGHUP")
  ///
  /// override class func reload() throws {
  ///   let rules = try map.readFile().split(separator: "\n")
  ///   log.info("\(map.value): \(rules.count) rules")
  /// }
  /// ```
  ///
  /// - Returns: The file's text. Bytes that are not UTF-8 become U+FFFD.
  /// - Throws: `FileError` if the file cannot be read; its description names the file and the reason.
  public func readFile() throws(FileError) -> String {
    String(decoding: try FileContents.read(value), as: UTF8.self)
  }
}
