using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace ReAim.Capture.Windows.Security;

/// <summary>Reads who may do what with files and folders.</summary>
[SupportedOSPlatform("windows")]
internal static class SecuredPathReader
{
    /// <summary>Finds somebody who could change this program.</summary>
    /// <returns>A part of a sentence; null if all is well.</returns>
    public static string? FindWriter()
    {
        string folder = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        try
        {
            var content = new List<SecuredPath> { ReadFolder(folder) };
            content.AddRange(Directory.EnumerateFiles(folder).Select(ReadFile));
            var parents = new List<SecuredPath>();
            for (string? parent = Path.GetDirectoryName(folder); parent is not null; parent = Path.GetDirectoryName(parent))
            {
                parents.Add(ReadFolder(parent));
            }

            return InstallFolder.FindWriter(content, parents) is var (path, sid) ? $"{path} can be changed by {NameOf(sid)}, who need not be an administrator" : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"nobody can tell who may change {folder} ({failure.Message.TrimEnd('.')})";
        }
    }

    private static SecuredPath ReadFolder(string path) => Read(path, new DirectoryInfo(path).GetAccessControl());

    private static SecuredPath ReadFile(string path) => Read(path, new FileInfo(path).GetAccessControl());

    private static SecuredPath Read(string path, FileSystemSecurity security)
    {
        var allowed = new List<(string Sid, AccessRights Rights)>();
        foreach (FileSystemAccessRule rule in security.GetAccessRules(includeExplicit: true, includeInherited: true, typeof(SecurityIdentifier)))
        {
            if (rule.AccessControlType == AccessControlType.Allow && !rule.PropagationFlags.HasFlag(PropagationFlags.InheritOnly))
            {
                allowed.Add((rule.IdentityReference.Value, (AccessRights)(uint)rule.FileSystemRights));
            }
        }

        return new SecuredPath(path, security.GetOwner(typeof(SecurityIdentifier))?.Value ?? "", allowed);
    }

    private static string NameOf(string sid)
    {
        try
        {
            return new SecurityIdentifier(sid).Translate(typeof(NTAccount)).Value;
        }
        catch (SystemException)
        {
            // Of a user who was removed, or of another domain.
            return sid;
        }
    }
}
