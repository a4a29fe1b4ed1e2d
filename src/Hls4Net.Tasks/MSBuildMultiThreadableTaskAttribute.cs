namespace Microsoft.Build.Framework;

/// <summary>
/// Marks a task that keeps no state in the process (current directory, environment), so that multithreaded MSBuild may
/// run it in process. MSBuild knows the attribute by its full name; declaring it here keeps the tasks loadable by
/// engines that lack it.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class MSBuildMultiThreadableTaskAttribute : Attribute;
