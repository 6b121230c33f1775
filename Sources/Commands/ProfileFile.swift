import Foundation
import Runtime

/// A profile on disk.
enum ProfileFile {
  /// A profile is a page of text; what is larger is another file.
  static let bytesMax = 1 << 20

  static func load(_ path: String) throws -> Profile {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw Failure("the profile \(path) can't be opened; give the path of a YAML file, such as config/profiles/sma_cross.yaml.")
    }
    let bytes: Data
    do {
      bytes = try handle.read(upToCount: bytesMax + 1) ?? Data()
    } catch {
      throw Failure("the profile \(path) can't be read: \(error.localizedDescription)")
    }
    guard bytes.count <= bytesMax else { throw Failure("\(path) is larger than 1 MiB, so it is no profile.") }
    guard let text = String(data: bytes, encoding: .utf8) else {
      throw Failure("\(path) is not UTF-8 text; save the profile as UTF-8.")
    }
    do throws(ProfileError) {
      return try Profile.parse(yaml: text, file: path, catalog: Registration.catalog)
    } catch {
      throw Failure(error)
    }
  }
}
