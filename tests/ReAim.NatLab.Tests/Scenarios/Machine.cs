namespace ReAim.NatLab.Tests.Scenarios;

/// <summary>What kind of gateway helps.</summary>
internal enum Machine
{
    /// <summary>The engine and its translator alone.</summary>
    Plain,

    /// <summary>Windows with its own NAT, and ReAim beside it.</summary>
    WindowsNat,

    /// <summary>Windows as a router without NAT.</summary>
    WindowsRouter,
}
