namespace ReAim.Gateway.Tests.Programs;

/// <summary>What two people do with DCC.</summary>
internal enum DccOperation
{
    SendSmall,
    Send50Megabytes,
    NameWithBlanks,
    NameWithQuotes,
    NameInUtf8,
    Chat,
    Resume,

    /// <summary>The peer offers passively: the tested program, behind the gateway, listens.</summary>
    PassiveListening,

    /// <summary>The tested program offers passively: its peer listens.</summary>
    PassiveOffering,

    /// <summary>Two hosts behind the gateway offer at once and listen at equal ports.</summary>
    TwoHostsOnOnePort,

    /// <summary>To another host behind the same gateway.</summary>
    Hairpin,
}
