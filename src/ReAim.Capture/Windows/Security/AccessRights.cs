namespace ReAim.Capture.Windows.Security;

/// <summary>Rights to a file or folder by which what is run can be changed (winnt.h).</summary>
[Flags]
internal enum AccessRights : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Change a file's content, or make a file in a folder.</summary>
    WriteData = 0x2,

    /// <summary>Add to a file's content, or make a folder in a folder.</summary>
    AppendData = 0x4,

    /// <summary>Delete what is in a folder.</summary>
    DeleteChild = 0x40,

    /// <summary>Delete it, or give it another name.</summary>
    Delete = 0x1_0000,

    /// <summary>Give rights to it.</summary>
    ChangePermissions = 0x4_0000,

    /// <summary>Become its owner.</summary>
    TakeOwnership = 0x8_0000,

    /// <summary>All of them.</summary>
    GenericAll = 0x1000_0000,

    /// <summary>To write.</summary>
    GenericWrite = 0x4000_0000,
}
