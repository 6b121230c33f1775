import GRDB
import Glibc
import Journal

/// SQLite's errors in this room's terms.
enum SQLiteErrors {
  static func mapped<Value>(_ path: String, _ body: () throws -> Value) throws(ProjectionError) -> Value {
    do {
      return try body()
    } catch let error as ProjectionError {
      throw error
    } catch let error as JournalError {
      throw .journal(error)
    } catch let error as DatabaseError {
      throw .database(
        code: error.extendedResultCode.rawValue, message: error.message ?? error.resultCode.description, path: path)
    } catch {
      // GRDB throws its own two types only; the other one speaks of a column that can't be decoded.
      throw .database(code: ResultCode.SQLITE_MISMATCH.rawValue, message: "\(error)", path: path)
    }
  }

  /// Deletes a file if it is there.
  static func remove(_ path: String) throws(ProjectionError) {
    if unlink(path) != 0, errno != ENOENT { throw .folder(path: path, errno: errno) }
  }
}
