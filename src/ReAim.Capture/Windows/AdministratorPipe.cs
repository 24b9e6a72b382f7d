using System.IO.Pipes;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using ReAim.Capture.Monitoring.Pipes;

namespace ReAim.Capture.Windows;

/// <summary>The named pipe by which administrators ask for the status.</summary>
[SupportedOSPlatform("windows")]
internal static class AdministratorPipe
{
    /// <summary>Its name, after <c>\\.\pipe\</c>.</summary>
    public const string Name = "reaim";

    private static readonly SecurityIdentifier Administrators = new(WellKnownSidType.BuiltinAdministratorsSid, null);
    private static readonly SecurityIdentifier System = new(WellKnownSidType.LocalSystemSid, null);

    /// <summary>Opens an end of it.</summary>
    /// <param name="isFirst">True if there must be none yet: a pipe of somebody else's is not joined.</param>
    public static NamedPipeServerStream Open(bool isFirst)
    {
        var security = new PipeSecurity();
        security.SetOwner(Administrators);
        security.AddAccessRule(new PipeAccessRule(Administrators, PipeAccessRights.FullControl, AccessControlType.Allow));
        security.AddAccessRule(new PipeAccessRule(System, PipeAccessRights.FullControl, AccessControlType.Allow));
        return NamedPipeServerStreamAcl.Create(
            Name,
            PipeDirection.InOut,
            PipeStatusListener.MostAskers,
            PipeTransmissionMode.Byte,
            PipeOptions.Asynchronous | (isFirst ? PipeOptions.FirstPipeInstance : PipeOptions.None),
            0,
            0,
            security);
    }

    /// <summary>True if a pipe belongs to an administrator or the system: nobody else can make one that does.</summary>
    public static bool IsTrusted(NamedPipeClientStream pipe) =>
        pipe.GetAccessControl().GetOwner(typeof(SecurityIdentifier)) is SecurityIdentifier owner && (owner == Administrators || owner == System);
}
