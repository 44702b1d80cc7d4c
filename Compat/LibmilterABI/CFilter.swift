import CMilterAPI
import LibmilterProcess
import MilterCore

/// A filter's description, as it was registered.
///
/// `@unchecked Sendable`: it is never changed, and the functions it points to are the filter's.
struct CFilter: @unchecked Sendable {
  let description: smfiDesc
  let name: String
  let callbacks: MilterCallbacks

  /// Takes a description over; nil for one of an interface that is not known.
  init?(_ description: smfiDesc) {
    guard let missing = LibmilterProcess.callbacksMissing(in: description.xxfi_version) else {
      return nil
    }
    self.description = description
    name = description.xxfi_name.map { String(cString: $0) } ?? "Unknown"
    callbacks = description.callbacks.subtracting(missing)
  }
}

extension smfiDesc {
  /// The callbacks that are there.
  fileprivate var callbacks: MilterCallbacks {
    MilterCallbacks(
      describedBy: xxfi_connect, xxfi_helo, xxfi_envfrom, xxfi_envrcpt, xxfi_header, xxfi_eoh,
      xxfi_body, xxfi_eom, xxfi_abort, xxfi_close, xxfi_unknown, xxfi_data, xxfi_negotiate)
  }
}
