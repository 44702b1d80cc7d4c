/// The parameters of MAIL or RCPT in order, such as `SIZE=500000 BODY=8BITMIME`.
///
/// ```swift
/// var parameters = ESMTPParameters(parsing: "NOTIFY=NEVER ORCPT=rfc822;a+2Bb@example.org")
/// let address = parameters.originalRecipient?.address  // a+b@example.org
/// parameters.notify = [.failure, .delay]
/// let text = parameters.description  // NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb@example.org
/// ```
///
/// Properties such as ``size`` and ``notify`` have the values of known parameters. They are `nil` if the
/// parameter is missing or its value is not valid. If a keyword occurs twice, the first parameter counts. All
/// parameters, even unknown or invalid ones, stay exactly as the client wrote them until you change them. A
/// change replaces the parameter in its place, and a new parameter is added at the end.
public struct ESMTPParameters: Hashable, Sendable, RandomAccessCollection,
  CustomStringConvertible
{
  private var parameters: [ESMTPParameter]

  /// Creates an empty list.
  public init() { parameters = [] }

  /// Reads the arguments of `envfrom` or `envrcpt`.
  ///
  /// - Parameter arguments: The arguments, with one parameter in each.
  public init(_ arguments: [String]) {
    parameters = arguments.map { ESMTPParameter(reading: $0.utf8) }
  }

  /// Reads the arguments of `envfrom` or `envrcpt`, byte for byte.
  ///
  /// - Parameter rawArguments: The arguments, with one parameter in each.
  public init(rawArguments: some Sequence<[UInt8]>) {
    parameters = rawArguments.map { ESMTPParameter(reading: $0) }
  }

  /// Reads parameters with spaces between them.
  ///
  /// - Parameter text: The text after the path in MAIL or RCPT, or the argument of `chgfrom` and `addrcptPar`.
  public init(parsing text: String) {
    parameters = text.utf8.split(separator: ASCII.space).map { ESMTPParameter(reading: $0) }
  }

  /// The parameters with a space between them, in the form for `chgfrom` and `addrcptPar`.
  public var description: String { parameters.map(\.description).joined(separator: " ") }

  /// The parameters one by one, as the client wrote them.
  public var rawArguments: [[UInt8]] { parameters.map(\.rawValue) }

  /// The first parameter with a keyword, regardless of case.
  public subscript(keyword: String) -> ESMTPParameter? {
    parameters.first { ASCII.isSame($0.keyword, keyword) }
  }

  /// Replaces the parameters with the same keyword, or adds a parameter at the end.
  public mutating func set(_ parameter: ESMTPParameter) {
    let place = parameters.firstIndex { ASCII.isSame($0.keyword, parameter.keyword) }
    guard let place else { return parameters.append(parameter) }
    parameters[place] = parameter
    let rest = parameters[(place + 1)...].filter { !ASCII.isSame($0.keyword, parameter.keyword) }
    parameters.replaceSubrange((place + 1)..., with: rest)
  }

  /// Removes the parameters with a keyword, regardless of case.
  public mutating func remove(_ keyword: String) {
    parameters.removeAll { ASCII.isSame($0.keyword, keyword) }
  }

  /// Sets the value of a parameter; `nil` removes the parameter.
  ///
  /// The value must be valid.
  mutating func set(_ keyword: String, _ value: String?) {
    guard let value, let parameter = ESMTPParameter(keyword, value) else { return remove(keyword) }
    set(parameter)
  }

  /// Adds a parameter without a value, or removes it.
  mutating func set(_ keyword: String, _ isPresent: Bool) {
    guard isPresent, let parameter = ESMTPParameter(keyword) else { return remove(keyword) }
    if self[keyword] == nil { set(parameter) }
  }

  /// The index of the first parameter.
  public var startIndex: Int { parameters.startIndex }
  /// The index after the last parameter.
  public var endIndex: Int { parameters.endIndex }
  /// The parameter at an index.
  public subscript(index: Int) -> ESMTPParameter { parameters[index] }
}
