/// The parameters of a content type or a content disposition.
///
/// Values in pieces and in other character sets (RFC 2231) are joined and decoded. If a name occurs twice, the
/// first parameter counts. ``readings(of:)`` has all values that another program might read.
public struct MIMEParameters: Sendable {
  /// The names in order, in lower case.
  private(set) var names: [String] = []
  private var values: [String: String] = [:]
  private var others: [String: [String]] = [:]

  /// Creates an empty list.
  public init() {}

  /// The value of a parameter; its name is compared regardless of case.
  public subscript(name: String) -> String? {
    get { values[name.lowercased()] }
    set {
      let name = name.lowercased()
      others[name] = nil
      if newValue == nil, values[name] != nil { names.removeAll { $0 == name } }
      if newValue != nil, values[name] == nil { names.append(name) }
      values[name] = newValue
    }
  }

  /// All parameters by their names, which are in lower case.
  public var all: [String: String] { values }

  /// Returns all values that programs might read for a parameter, the right one first.
  ///
  /// Programs differ in their treatment of repeated parameters, pieces with gaps, a plain value in addition to
  /// an encoded one, unquoted values with spaces, and strings without a closing quote. If a filter must not
  /// miss a value, such as the file name of an attachment, it must check all of them.
  ///
  /// - Parameter name: The parameter's name, regardless of case.
  /// - Returns: The values; a value may occur twice.
  public func readings(of name: String) -> [String] {
    let name = name.lowercased()
    return (values[name].map { [$0] } ?? []) + (others[name] ?? [])
  }

  /// Reads parameters, each after a semicolon.
  ///
  /// Invalid text is skipped up to the next semicolon.
  init(_ scanner: inout StructuredScanner) {
    var pieces: [String: [MIMEParameterPiece]] = [:]
    while scanner.nextParameter() {
      guard let name = scanner.mimeToken()?.lowercased(), scanner.take("="),
        let text = scanner.parameterText(isName: name == "filename" || name == "name")
      else { continue }
      let (key, piece) = MIMEParameterPiece.named(name, text.value ?? text.readings[0])
      let readings = text.readings.map { String(decoding: $0, as: UTF8.self) }
      if piece.number == nil, !piece.isExtended {
        if let value = text.value, values[key] == nil {
          set(key, String(decoding: value, as: UTF8.self))
        } else if let value = text.value {
          others[key, default: []].append(String(decoding: value, as: UTF8.self))
        }
        others[key, default: []] += readings
      } else {
        pieces[key, default: []].append(piece)
      }
    }
    for (key, pieces) in pieces.sorted(by: { $0.key < $1.key }) {
      let isPlain = values[key] != nil
      // RFC 2231 recommends the plain form in addition, for programs that do not know this one.
      if let value = MIMEParameterPiece.joined(pieces) {
        if let plain = values[key] { others[key, default: []].append(plain) }
        if isPlain { values[key] = value } else { set(key, value) }
      }
      others[key, default: []] += MIMEParameterPiece.readings(of: pieces)
    }
  }

  private mutating func set(_ name: String, _ value: String) {
    names.append(name)
    values[name] = value
  }
}

extension MIMEParameters: Hashable {
  /// Whether two lists have the same parameters, in any order.
  public static func == (one: Self, other: Self) -> Bool { one.values == other.values }

  /// Hashes the parameters.
  public func hash(into hasher: inout Hasher) { hasher.combine(values) }
}
