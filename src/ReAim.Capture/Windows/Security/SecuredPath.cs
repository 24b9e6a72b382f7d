namespace ReAim.Capture.Windows.Security;

/// <summary>A file or folder, and who may do what with it.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Owner">Whose it is: a SID.</param>
/// <param name="Allowed">Who may do what with itself; not what only its content inherits.</param>
internal sealed record SecuredPath(string Path, string Owner, IReadOnlyList<(string Sid, AccessRights Rights)> Allowed);
