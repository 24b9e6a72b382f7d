namespace ReAim.Capture.Windows.Security;

/// <summary>
/// Whether only administrators can change what an administrator, or the system, runs: this program loads a driver, so whoever
/// could put another library beside it would own the machine.
/// </summary>
internal static class InstallFolder
{
    /// <summary>What to do if it is not so: the end of a sentence.</summary>
    public const string Remedy = @"put reaim's files under C:\Program Files\ReAim, where only administrators may write";

    private const AccessRights OfContent =
        AccessRights.WriteData | AccessRights.AppendData | AccessRights.GenericWrite | OfParent;

    // Above the folder others may add files; what they must not do is put another folder in its place.
    private const AccessRights OfParent =
        AccessRights.DeleteChild | AccessRights.Delete | AccessRights.ChangePermissions | AccessRights.TakeOwnership | AccessRights.GenericAll;

    // LocalSystem, Administrators, TrustedInstaller, CREATOR OWNER and OWNER RIGHTS: the latter two are the owner, who is asked after besides.
    private static readonly HashSet<string> Trusted =
    [
        "S-1-5-18", "S-1-5-32-544", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", "S-1-3-0", "S-1-3-4",
    ];

    /// <summary>Finds somebody who could change what is run.</summary>
    /// <param name="content">The folder and its files.</param>
    /// <param name="parents">The folders above it.</param>
    /// <returns>What could be changed and by whom, a SID; null if all is well.</returns>
    public static (string Path, string Sid)? FindWriter(IEnumerable<SecuredPath> content, IEnumerable<SecuredPath> parents) =>
        Find(content, OfContent) ?? Find(parents, OfParent);

    private static (string Path, string Sid)? Find(IEnumerable<SecuredPath> paths, AccessRights dangerous)
    {
        foreach (SecuredPath path in paths)
        {
            if (!Trusted.Contains(path.Owner))
            {
                return (path.Path, path.Owner);
            }

            foreach ((string sid, AccessRights rights) in path.Allowed)
            {
                if ((rights & dangerous) != 0 && !Trusted.Contains(sid))
                {
                    return (path.Path, sid);
                }
            }
        }

        return null;
    }
}
