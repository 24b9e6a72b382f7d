using ReAim.Capture.Windows.Security;

namespace ReAim.Capture.Tests.Windows;

internal sealed class InstallFolderTests
{
    private const string System = "S-1-5-18", Administrators = "S-1-5-32-544", Users = "S-1-5-32-545", Everyone = "S-1-1-0";
    private const string AuthenticatedUsers = "S-1-5-11", Somebody = "S-1-5-21-1-2-3-1001";
    private const AccessRights ReadAndExecute = (AccessRights)0x1200A9, FullControl = (AccessRights)0x1F01FF, Modify = (AccessRights)0x1301BF;

    private static readonly SecuredPath Drive = Path(@"C:\", (Administrators, FullControl), (AuthenticatedUsers, AccessRights.AppendData));
    private static readonly SecuredPath ProgramFiles = Path(@"C:\Program Files", (Administrators, FullControl), (Users, ReadAndExecute));
    private static readonly SecuredPath Folder = Path(@"C:\Program Files\ReAim", (System, FullControl), (Administrators, FullControl), (Users, ReadAndExecute));

    [Test]
    public void A_folder_as_under_Program_Files_is_well() => Assert.That(InstallFolder.FindWriter([Folder], [ProgramFiles, Drive]), Is.Null);

    [TestCase(Users, AccessRights.WriteData)]
    [TestCase(Everyone, AccessRights.AppendData)]
    [TestCase(AuthenticatedUsers, AccessRights.Delete)]
    [TestCase(Somebody, AccessRights.ChangePermissions)]
    [TestCase(Somebody, AccessRights.TakeOwnership)]
    [TestCase(Users, AccessRights.DeleteChild)]
    [TestCase(Users, Modify)]
    [TestCase(Users, AccessRights.GenericAll)]
    [TestCase(Users, AccessRights.GenericWrite)]
    public void A_file_that_others_can_change_is_found(string sid, AccessRights rights)
    {
        SecuredPath file = Path(@"C:\Program Files\ReAim\WinDivert.dll", (Administrators, FullControl), (sid, rights));
        Assert.That(InstallFolder.FindWriter([Folder, file], [ProgramFiles, Drive]), Is.EqualTo((file.Path, sid)));
    }

    [TestCase(AccessRights.DeleteChild)]
    [TestCase(AccessRights.Delete)]
    [TestCase(AccessRights.ChangePermissions)]
    [TestCase(AccessRights.GenericAll)]
    public void A_folder_above_that_others_can_move_away_is_found(AccessRights rights)
    {
        SecuredPath above = Path(@"C:\Tools", (Administrators, FullControl), (Users, rights));
        Assert.That(InstallFolder.FindWriter([Folder], [above, Drive]), Is.EqualTo((above.Path, Users)));
    }

    [Test]
    public void Whoever_owns_a_file_can_change_it() =>
        Assert.That(InstallFolder.FindWriter([Folder with { Owner = Somebody }], []), Is.EqualTo((Folder.Path, Somebody)));

    private static SecuredPath Path(string path, params (string Sid, AccessRights Rights)[] allowed) => new(path, Administrators, allowed);
}
