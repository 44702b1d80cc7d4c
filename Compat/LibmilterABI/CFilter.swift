import CMilterAPI
import LibmilterProcess
import MilterCore

/// The description of a registered filter.
///
/// `@unchecked Sendable`: it never changes, and the functions that it points to belong to the filter.
struct CFilter: @unchecked Sendable {
  let description: smfiDesc
  let name: String
  let callbacks: MilterCallbacks

  /// Copies a description.
  ///
  /// - Throws: `Refusal` if the version of its interface is unknown.
  init(_ description: smfiDesc) throws(Refusal) {
    let missing = try LibmilterProcess.callbacksMissing(in: description.xxfi_version)
    self.description = description
    name = description.xxfi_name.map { String(cString: $0) } ?? LibmilterProcess.unknownName
    callbacks = description.callbacks.subtracting(missing)
  }
}

extension smfiDesc {
  /// The callbacks that are not NULL.
  fileprivate var callbacks: MilterCallbacks {
    MilterCallbacks(
      describedBy: xxfi_connect, xxfi_helo, xxfi_envfrom, xxfi_envrcpt, xxfi_header, xxfi_eoh,
      xxfi_body, xxfi_eom, xxfi_abort, xxfi_close, xxfi_unknown, xxfi_data, xxfi_negotiate)
  }
}
